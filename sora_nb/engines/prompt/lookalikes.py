"""Words that are one letter from a word of the vocabulary, and mean something else: they are not misspelt."""

from __future__ import annotations

_WORDS = """
    hoarse gloss gulden treater treaters ct rn wl bea abby abed ace aces act acton acts add adds adrift ads aes afield afloat ages ain airy ait alas alden alight align
    aligns alle alloy alloys ally alms alp als alter amen amend amending amends amer ames amps anders andi andy ange
    antarctic antics apex apis aquarius arbor arch arden area areas aren ares arising ark artiste arty arun ashore ast
    aster astor atrial attica atticus aung aunty aust ave avenge await awaits axis bab baba babu bach backer backers
    backing backwards bader bae baek baer baird baiting bak baku bale bales baller ballot ballots ban banda bang bangs
    banker bankers banking bans barb barbed barbs bare barf bari baring barker barr bart barter bas base bases basing
    bateman batista batsman bauer bay bayer bays bd bds bead beads beak beal beale bean beans beatles beau begs bend
    bends benny ber bets bid bids bile billet black bland blank bleach bleak bled blight block board boards boast boasts
    bobs boer bois bolt bolts bond bonds boner bonny bony boobies bookies boos booties bor bora bos bother bothers bots
    bouncy bout bouts bower bowers boxed boyd boyer boyz br bra brace braces bracing brake brakes braking bras brat
    brats brea breach bred bribe bribes brice bridged bridget bridle brie brine brothel brothels bs bubbly bucs buds
    buildings bumble bums bund bundy buns burglary businessmen bust busts bute byrd byte bytes caf cagr cain cameo
    cameos canon canons canton capping capt cara carb carbs care carl carmel caro carp carr cary casa case cases cash
    casing cask cass caste castile cate cath cato cattle cease ceases ceasing center centering centers ces cha chad chai
    champ champs chan chant chanting chants chao chaos char charing chart charting charts chasm chaste chaz cheat cheats
    check checks chee cheery cher chewy chf chic chica chico chief chiefs childress chile chiles chili chime chimes
    chirp chit chock choking choral chose chow chuck chum chump cit cite cites citi cla clad clam clamp clamping clamps
    clams clan clans clasp claus cleanse cleansing cleary cleave clipping clips clout clue clues cme coal coals cock
    cocks code codes coding coe coffers coffey cole coles com coma comey comin comm comme comms como comp comps compute
    computed comte conceit concept concepts concern concerns concerto cone cones cons const convert converts coo cooke
    cooling coon coop coors coos cope coping cops cora core cores cork corral cos cosmo cost costs cote coupe coupled
    cove cr cra crack cracks cram cramping crank crap craps crass cree creed crescent crest crests criss crock crook
    crooks crosse crossings crotch crowe crs cruised cruiser crush crushing cst cts cubs cw cyst cysts dada dade dah
    daly damn dan dane danes danger dangers dans dante danvers darn dave davy dawes dawg daze dd dds dear dearth dee
    deed deeds deem deems deen deere defective defer deir der derive derives deriving des desi dessert desserts deter
    dike dime dine dined dining dire dish div diva divas diverse divert divest divine doc docs dodgy doing dole dome
    domes dong dons dope doping dork dose doses dosing dots doug dover downs downton drab draft drafting drafts drag
    drags drain drains dram drawings drax dread dreading dreads dreamt drier drug drugs druid drunk drunks duane duc
    ducking duct ducts dude dudes due dues duke dukes dum dun dung dunn dunne dupe dusky dvds dyer earle earthy east
    eaves eddy eds efl elie ell elms els end ender ends entre eros esa est ester esters eta etat etfs ets factor factors
    fags fair faire fairly fairs fam famer fare farmed farr fart farther farts fatter feat feats fee fees fg fiend
    fiends figs filed firemen firm firmer firms first firsts fisa fishermen fishy fisk fist fists fl flake flakes flea
    fleas fleet fleets fleming flex flexing flick flicking flicks flight flor flue fong foreman form former forms
    fowl foxx foxy frat free frees fx gabe gage gain gains gale galley gallo gallon gallons gallows gallup
    gaming gaping garde gardiner gardner gases gat gaunt gauze gaye gays gaz gaza gentlemen gil gill gills girly giro
    gladys glaze glazing gloom goa goal goals goin goode gout govt grabs grace graces grads grams gran grange gras grasp
    grassy greed greek greeks greening greer greetings grid grids grim grind grinding grinds grip grips grit grits groin
    grooming groot groovy gross grove groves guide guides guiding gums gus guts hacked hai haig hain hal hale hales
    halfway hall hallo halls har hara harem hari hark harm harms harry hart haru haunt haunts havre hawker hazel hearth
    heat heater heaters heats heil hell hella hells hera herb herbs herod heroin herr hers hibs hicks hilly hilt
    himalayan hines hips hiring hiro hiss hist hive hives hm hms hoes hogs hole holes holmes hom homer homers homey
    homie homies homme homo hone hoops hoover horne hors horst hostel hostels housed hove howe hows hoyer hp hr hs hubs
    hull hulls humane hume hump humping hunan huns hurray husk huts hyman iced icloud ids iec ight ike ile ill ills iman
    inland inter ion ions ips irate irl ish isp isps ist itch ive ives jags jg jingle joes jong jos joss json jude
    judged jugs kang kate kd keats keel kidd kind kinds kink kinks kino kip kit kita kitts knee knees kong kung lace
    laces lacy ladd lads lags lain laing laker lakers lakh lakhs lame lan lane lanes laos lars las lass lathe latter
    lawler laws layer layers laying lb lbs lea leah leak leaking leaks lear lease leases leasing leds lee lees lei leon
    leonard les lf lian liang lice lids lien lieu light lightening likes liking limb limbs lin ling lining link linking
    links linn lino lire lise lite loaves logging loin lon longing loo lookin looks loom looming looms loos loosing loot
    looting lotte lough loving lower lowers lps luck luke lurch lyin lynch lyon lyons mach mae mage main mains maki
    makin makings mako mal mala mali malt mana mani mann mano manu manus mar mara marc marco marcos marcus marcy mari
    marian maris mark marked marker markers marking marks marr marsh mart martial martin martina martins maru marv marx
    mary marys masking mass mast masts match matching mate mates mather mating matt maul maze mclean mead mecca med
    mediate mediating meds meh mein mena meng ment menus meps merch mes mesh mess meter meters meth mets mic mica mick
    midst midway mile miles mill mills mime mince minding mink minster mint mints mire mis misc miso miss missy mit mite
    mites mixes mm mmo mms mn moan moaning moans mocha mock mocks mods moist moma momo mon mona mong mono mons mont
    mornin morse mos moses mott mourning mousse mst mulch mull mumps munich munster mus muse muses musty mut mute napa
    nas nats nd neo nicht nigh nina nips nn nook noone noor norah norse norte north noun nouns np nps nunn nursed nus
    nuts ofa officer officers olden oman omen omens ons ops oral others ouch ounce ounces ours outed outer overs
    oversight owes own owns pace paces pads pain paine pains pale pall palma palo pals pam pane pang pansy pant panting
    panty par para parc pare pari parity parka parke parking parr parry pars parsing parson parsons part parte parti
    parting parts pas pasty patch patron patrons pats patty pawn pawns payer payers pb pbs peaking pear pears pearson
    peas peat peck peer peers pers persona personas pes petrol pics pied piero pierson pilate pilates pin pinch ping
    pings pinning pinot pint pints piper piss pitch pits pius pivot pla placer placing plan plat plating platte playa
    playin plight plot plots ploy plugs plush ply pn poe pointer pointers poise poke pokes poking pole poles policemen
    poole pope popes poppy pops por pore pores pork portman pos posey posse pp pps prayer prayers preset prevent
    preventing prevents price prices print printer printers printing prints programme programmed programmes prose psalm
    psalms psy pugh pulp pump pumps pur pushy puss queer rabbi rabbis rac racine rack racking racks racy rae rafe rage
    rages raging rai raid raider raiders raiding raids rail rails raina rainey raising raking ramp ramping ramps rand
    rang range ranged ranges rani rant rants rare rash rate rating rave raving rea readings ready reap reaping rear
    rearing redd redding reek reeks reel reels ref refs reid rein reins relating relay relaying relays rena renner rent
    renter renters rents repaid repeal reps res resent reset resetting ret retrieve retrieved revel rid ridge ridges
    rife rift rifts rink ripe ripping rips risking rite rites rivera roald robbed robben robo rocked rocker rockers rod
    rods rog romo roo rook roos rosh rot rotting router rover rovers rp rt rts rubs ruck rude ruining rune rung runnin
    rus ruse russ ruth ryder saad sae sage saharan sams sana sane sanger sank sansa sant santi santo santos sar sass
    sata saud saving sayin sayings scan scans scar scare scares scars scat scope scoring scout scouting scouts scrum
    seam seams sean sears seat seating secs sed sedated seeding sees sega self selves sena seng sep sera serge serie
    series serum servings servo ses setting sfa shack shady shan shank shanks shard shards shay shea sheba sheen sheer
    sheet sheets shep sher shia shin shipping shire shit shits shitting shiva shone shoo shopping shou showing showings
    showman showy shun siding sift sifting sig silt sim simmer sims sina sine singh sinn sinner sinners sino sinus sion
    sita site sith sittin situ sk skimming slab slabs slade slate slated slater slay slaying sleek slew slick slight
    slime slimmer slimming sling slit slits slog sloped slowing smiley smite smother smurf smurfs snap snapping snaps
    sneaky snip snob snort snorting snot snout snowden soak soaking sobs sofia soggy solar solder soma sona sonar sonny
    sony sor sora sos sosa sou soul souls sous south sown spaced spacer spacex spacey spade spades spain span spanning
    spans spar speck sped spi spies spine spit spits spitting spout spouting springing spun spying squared st sta stab
    stacy staged stamp stamps stan standings stank starks starling starr starring starve starving stat stated station
    stations ste stem stems steph steroid steroids steve stew sti stiles stilts sting stings stored storey storeys stout
    stow stp strain straining strains strand strands stray streak streaks streep string struck strut struts sts stud
    studs stun stuns sturdy submit submits subs subset subsets sued sues suffer suffers suing sums sunk sunni suny sup
    sur sure surfaced surging suri sus swab swag swain swami swampy swann swap swaps swat swatch swaying sweeping swerve
    swing swingers swings swiss switch syed tack tad tai tal tale tales talkin tam tarot task tasking tasks taunt taunts
    taxa taxes tay taylor tees tel tele tellin telly th thad thank thanking thanks thea thee theo thick thiel thine
    thinkin thinning tier tiers til tile tiles time timed timer timers times tin tins tipton tit tits todd toed toll
    tolls ton tons toon toot tore torn tort tots tourism tow tra trace traces tracing trailing trait traits tramp tran
    trans trap trapping traps travers tread trek trey trick tricks trim trims trois trolling tron trott trout troy truce
    trunk trunks tryin tuck tuttle twain twine twink twitch tying tyne typo typos tyre tyres ubs uhm umm ump une ups urn
    usn valle venue venues vice vices volley wack wading wafer wage wager wai waist waite waive waiver waivers wake
    wakes waking wal wales walkin walter walters wan wane waning wank wanker ware wart warts wat watery watt watts wavy
    waxing weave weaves weaving weve whit whiter whiting whole whopping wich widen widens wider widest widow widows
    width wifi wilde winch winger wingers winner winners wish wits witt woken wol wolfe wolff wonder wondering wonders
    woo woody woolf wor wording workin workings wort woven wrapping wraps writ writhing writings yeats ying yoda yogi
    acing ails alb albs aline alines allay allays alts aped apses arbors arching arcing arks ashing asps avenges
    awes ayes baaing baas bade baling balking bandy bani barfs barkers baud baying beaus bide bides biding
    bier biers billets bloat bloats bobble bobbles bogie bogies bogy bookie bops borer borers brainy bridles bumbles
    burs butchery butches buts cantons cants carped carping casks chads chafe chafes chafing chaise chaises champing
    chars chasms cheep cheeping cheeps cheesing chid chirps chits chocking chorals chowing chows chucking chumps
    chums cirrus clasping clasps cleanings cleaves cleaving clef clefs climes clod clouts cobs cocking coking cols
    comas comings computes conceits concertos cooing cooky cooping coops coot coots coring corking corks corrals
    cotes couching coupes couplet couplets creak creaks creaming creeds creel creels cress crewing crick cricks
    crimp crimps crooking crowed cuticle cuticles damns darns dazes dazing dears defectives defers deters dicing
    dikes diking dink dishing diverts doer doers doles doling doming dopes dorks doting drabs dragoon dragoons drams
    draping drawl drawling drawls dray drays driers drinkings drivel drivels drivings dunce dunces dungs dupes dyers
    eking ells eon eons espy flay flaying flays floes flog flogs flues fogy fores fowls frag frags framers frats
    gages gaging galleys gamed gamey gating gees geneses gilding ginning gird glazes gloat gloats gnat gnats goad
    goads goosed gracing grasps groins hamming hared harems harks harrying harts hawkers hazels heck hemming hems
    hew hewing hews hick hie hieing hies hilts hims hiving hobs hods homed homering homeys homy hones humps
    hurraying hurrays husks inters japes jaunt jaunts jigs jingles jots jumpy keeling keels kneed kneeing knell
    knelling knells lames lams lases lathes leas leavings leis lickings liens limber limbers liming littler livings
    lobs loins loots lucking macho macing macron macrons malts manse marts mauls maxes maxing mazes meccas mediates
    medicate medicates medicating megs meld melding melds mews midways miking minces minty mires mochas moll molls
    mooning moos moused mousey mousses mousy mulching mulls muss nabs nags nays nebulae nighty nipping nooks nubs
    oaring oases obit obits oodles orals oversights paining palmy pangs pares parkas paroling peal peals peopled
    peppy peps pivots placers plies ploys plying poises poising poling pones poring posies posy poxes prates presets
    priding pries pulps pulpy rares raring rasp rasping rasps ravel raveling ravels raze razes razing readying ream
    reaming reams reaps rears rend rending rends repeals resenting resents resets restating retrieves rickets
    ridding ridging rifting rile riles riling rime rimes riming rinks riven rivet rivets roan roans rooks rooming
    rots rues rungs runt runts ruses rusk rusks rusting sacs saki salting sapping satay sate sated sates sating sawn
    scats sear seeping serums servos sheers shill shills shim shims shinning shirk shirks shod shoos shored shoring
    shorn shorting shuns sifts silting silts simile similes singe singeing singling sinker sinkers sinning sitars
    sittings skeet skimp skimping skimps skinning slates slating slays sleeking slewing slews slicking slicks slings
    slitting slogs slop smites smiting smothers snaky snark snarks snide snips snobs snorts snots soaping sods
    soiling solders soled sols sonars soupy souring soya spacy spake spearing specking specks spiny splint splinting
    splints sporing spouts spry staid starves stews stowing stows stranding straying strep strove sty suds supping
    sups swabs swags swains swamis swank swanks swerves swerving swum tacking tacks tads talc tanking tares taring
    tarots tarry tars teat teats teenaged thees thunk thunks tilling toady tolling toots torts tows travelings tress
    trons troys truces tubby tucks twee twill twinks twit twits umps wacks waives waiving wale waling walling wanes
    waxes whiles wholes witting woodsy wooed woos wrest wrests
"""
WORDS = frozenset(_WORDS.split())
"""Words of English, names and abbreviations."""
