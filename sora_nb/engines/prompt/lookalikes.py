"""Words that are one letter from a word of the vocabulary, and mean something else: they are not misspelt."""

from __future__ import annotations

_WORDS = """
    abby aces act acton acts add adds adrift afield afloat ages airy alas alden align alloy alloys ally amend amending
    amends amer ames amps anders antarctic antics apex apis aquarius arbor arch arden area areas ares ashore astor
    atrial aung aunty aust avenge await awaits axis baba babu bach backer backers backing backwards bader baek baird
    baiting baku bale bales ballot ballots banda bang bangs banker bankers banking bans barb barbed baring barker barr
    bart barter base bases basing bateman batista batsman bauer bayer bays bead beads beak beal beale bean beans
    beatles beau begs bend bends benny bets bids bile bland bleach board boards boast boasts bobs boer bois bolt bolts
    bond bonds boner boobies bookies boos bora bother bothers bots bouncy bout bouts bower bowers boxed boyd boyer
    boyz bra brace braces bracing brake brakes braking bras brat breach bribe bribes brice bridget brie brine brothel
    brothels bubbly bucs buildings bumble bums bundy buns businessmen bust busts byrd byte bytes cain cameo canon
    canons canton capping capt cara carb carbs carl carmel caro carp carr cary casa case cases cash casing cask cass
    caste cato cattle cease ceases center centering centers chad chai champ champs chan chant chanting chants chao
    chaos char chart charting charts chasm cheat cheats check checks cheery cher chewy chic chico chief chiefs chile
    chili chime chimes chit choking choral chose chow chuck cite cites citi clad clam clamp clamps clams clan clans
    clasp claus cleanse cleansing cleary clipping clips clout clue clues coal coals cock cocks code codes coding
    coffers cole coles coma comey comin comm comms como comp compute computed concept concepts concern concerns
    concerto cone cones cons convert converts cooke cooling coon coop cope coping cops cora core cores cork corral
    cosmo cost costs cote coupe coupled cove cra crap crass cree creed crest criss crook crooks crossings crotch crowe
    crush crushing cubs cyst dada dade damn dane danes danger dangers dans dante darn dave dawes dawg dear deed deeds
    deem deems deen defective defer derive derives deriving desi dessert desserts deter dime dine dined dining dire
    dish diva divas diverse divert divine docs dodgy doing dole dome domes dons dope doping dork dose doses dosing
    dots dover downs downton drab draft drafting drafts drag drags drain drains dram drawings dread dreading dreamt
    drier drug drugs druid drunk drunks duane ducking duct ducts dude dudes dues duke dukes dung dunn dunne dvds dyer
    east eddy efl ends eros esa ester eta factor factors fair faire fairly fairs famer fare farmed farr fart farther
    farts fatter feats fees fiend figs filed firemen firm firmer firms fishermen fishy fisk fist fists flake flakes
    flea fleas fleet fleets fleming flex flexing flick flicks foreman form former forms forrest foxx foxy free frees
    gabe gage gain gains gale galley gallo gallon gallons gallows gallup gaming gaping garde gardiner gardner gases
    gaye gays gaza gentlemen gill gills girly giro gladys glaze glazing gloom goal goals goin goode gout govt grabs
    grace graces grads grams gran gras grasp grassy greed greek greeks greer greetings grid grids grim grind grinding
    grip grips grit grits groin grooming groot groovy gross grove groves guide guides guiding gums guts hacked hale
    halfway hall halls hara harem hari harm harms harry hart haunt haunts hazel heater heaters heats hell hella hells
    hera herb herbs herod herr hers hicks hilly himalayan hines hips hiring hiro hive hives hoes hogs hole holes
    holmes homer homers homie homme homo hone hoops hoover horne hostel hostels housed hove howe hubs hull humane hump
    huts iced icloud iec ight ills inland inter ions isp isps ist itch ives jingle joss jude judged jugs kang kate
    keats keel kidd kind kinds kink kinks knee knees kong kung lace laces lacy lads lags lakers lakh lakhs lame lane
    lanes laos lars lass latter lawler laws laying leah leak leaking leaks lear lease leases leasing leds lees lei
    leon leonard liang lice lids lien lieu lightening likes liking limb limbs ling lining link linking links linn
    lookin looks loom looming looms loosing loot looting lotte lower lowers luck luke lynch lyon lyons mach mage mains
    maki makin mako mali malt mana mani mann manu mara marc marco marcos marcus marcy mari marian maris mark marked
    marker markers marking marks marr marsh mart martial martin martina martins marx mary masking mass mast match
    matching mate mates mather mating matt maze mclean mead mecca mediate meds menus meps merch mesh mess meter meters
    meth mets mica mick midst midway mile miles mill mills mime mince minding mink minster mint mints misc miss missy
    mite mites mixes moaning moans mocha mock mocks mods moist momo mona mong mono mons mont mornin morse moses mott
    mourning mousse mull munich munster muse muses mute napa nats nigh nina nook noone noor norse noun nouns nursed
    nuts officer officers oman omen oral others ouch ounce ounces ours overs owes owns pace paces pads pain paine
    pains pale pall palma palo pals pane pang pant panting para parr parsons part parts patron patrons pats pawns
    payer payers peaking pear pears pearson peas peat peck peer peers persona petrol pics pied piero pierson pilates
    pings pinning pinot pint pints piper piss pits pius pivot placing plan plat plating playa playin plot plots ploy
    plugs plush pointer pointers poise poke poking pole poles policemen poole pope popes poppy pops pore pores pork
    portman posse prayer prayers preset prevent preventing prevents price prices print printer printers printing
    prints programme programmed programmes prose psalm psalms pumps pushy puss queer rabbi rabbis racine rack racking
    racks rage rages raging raid raider raiders raiding raids rail rails raking ramps rani rants rare rash rating rave
    raving readings ready reap reaping rear rearing redding reel reels refs reid rein reins relating relay relays rent
    renters rents repaid repeal reps resent reset retrieve retrieved revel ridge ridges rife rift rink ripe ripping
    rips rite rites rivera robo rocked rocker rockers rods romo rook rotting rover rovers rubs rude ruining rune rung
    runnin ruse russ ruth ryder saad sae sage saharan sana sane sank sansa sant santo santos sass sata saving sayin
    sayings scan scans scar scare scares scars scoring scout scouting scouts scrum seam seams sears seat seating secs
    sees selves serge serie series serum servings setting shack shady shan shank shanks shard shards shay sheen sheer
    sheet sheets shep shia shin shipping shire shits shitting shiva shone shopping siding simmer sims sine singh sinn
    sinner sinners sino sinus site sith sittin situ skimming slabs slade slate slated slater slay slaying sleek slew
    slick slime sling smiley smite smurf smurfs snapping snaps sneaky snob snort snorting snout snowden soak soaking
    sobs sofia solar solder soma sonar sonny sony sora sosa soul souls sous spaced spacex spacey spade spades spain
    spanning spans spar speck sped spies spine spit spits spitting spout springing spun spying stab stacy staged stamp
    stamps stan standings starling starr starring starve starving stat stated stem stems steph steroid steroids steve
    stew sti stiles sting stings stored storey stout stow strain strains strand strands stray streak streaks streep
    string struck strut struts stud studs sturdy submit submits subs subset subsets sued sues suffer suffers suing
    sums sunk sunni suny sure swag swain swami swann swap swaps swat swaying sweeping swerve swing swingers swings
    swiss switch syed tack tale tales talkin tarot task tasks taunt taunts taxes taylor tees tele tellin telly thank
    thanking thanks thee thick thine thinkin thinning tier tiers tile tiles timer timers tins tits todd toll tolls
    tons toon toot tore torn tort tots tourism trace traces tracing trait traits tramp tran trans trap trapping traps
    travers tread trek trey trick tricks trim trolling tron trout troy truce trunk trunks tryin tuck tuttle twain
    twine twitch tying tyne typo typos tyre tyres uhm umm urn valle venue venues vices volley wack wading wage waist
    waite waive waiver waivers wake wakes waking wales walkin walter walters waning ware warts watt watts wavy waxing
    weave weaves weaving whit whiter whiting whole whopping widen wider widest widow widows width wifi wilde winch
    winger wingers winner winners wish wits witt woken wolfe wolff wonder wondering wonders woody woolf wording workin
    workings woven wrapping wraps writ writings yoda yogi
"""
WORDS = frozenset(_WORDS.split())
"""Words of English, names and abbreviations."""
