"""Nouns that the local engine does not draw, by what they are: English singulars; chinese_things.py has the Chinese."""

from __future__ import annotations

ANIMALS = """
    horse, pony, stallion, mare, foal, donkey, mule, zebra, elephant, rhino, rhinoceros, hippo, hippopotamus, giraffe,
    camel, llama, alpaca, cow, bull, calf, ox, buffalo, bison, sheep, lamb, ram, goat, deer, fawn, stag, doe, moose, elk,
    reindeer, antelope, gazelle, kangaroo, koala, sloth, hedgehog, porcupine, raccoon, skunk, beaver, otter, seal,
    sea lion, walrus, squirrel, chipmunk, bat, mole, badger, weasel, ferret, meerkat, armadillo, anteater, hyena, panther,
    snow leopard, lynx, cougar, puma, snake, serpent, cobra, python, lizard, gecko, iguana, chameleon, crocodile,
    alligator, dinosaur, t rex, tyrannosaurus, velociraptor, turtle, tortoise, sea turtle, crab, lobster, shrimp, octopus,
    squid, jellyfish, starfish, seahorse, eel, stingray, manta ray, koi, salmon, snail, slug, worm, caterpillar,
    butterfly, moth, bee, bumblebee, wasp, ant, spider, beetle, ladybug, dragonfly, fly, mosquito, cricket, grasshopper,
    firefly, insect, bug, eagle, hawk, falcon, vulture, crow, raven, pigeon, dove, sparrow, robin, seagull, gull, pelican,
    flamingo, stork, heron, peacock, turkey, rooster, hen, ostrich, emu, hummingbird, woodpecker, toucan,
    dragon, unicorn, phoenix, griffin, pegasus, creature, beast, animal, wildlife, livestock, kraken, centaur, hellhound
"""

PEOPLE = """
    crowd, audience, fan, public,
    army, troop, gang, group of people, population, mob, enemy,
    extra, folk, staff, ghost, spirit,
    skeleton, mannequin, statue, fairy, angel, demon, devil, giant, goblin, orc, troll, god, goddess, werewolf,
    makoto shinkai, studio ghibli, ghibli, wes anderson, tarantino, nolan, kubrick
"""

VEHICLES = """
    car, sports car, race car, truck, bus, taxi, cab, van, jeep, suv, motorcycle, motorbike, scooter, bicycle, bike,
    tricycle, unicycle, train, steam train, locomotive, tram, metro, ambulance, fire truck, police car, tractor, tank,
    plane, airplane, aeroplane, aircraft, jet, helicopter, balloon, hot air balloon, blimp, rocket, starship, ufo,
    flying saucer, boat, sailboat, ship, yacht, canoe, kayak, raft, ferry, submarine, cruise, cart, carriage, wagon, sled,
    sleigh, skateboard, surfboard, snowboard, roller skate, rollerblade, hoverboard, wheelchair, stroller, vehicle,
    tesla, ferrari, porsche, convertible, pickup, bulldozer, excavator, forklift, satellite
"""

PLACES = """
    church, cathedral, temple, shrine, mosque, castle, palace, tower, fort, fortress, ruins, ruin, museum, gallery, gym,
    hospital, clinic, prison, jail, court, courtroom, airport, train platform, platform, tunnel, factory, warehouse,
    garage, hangar, barn, shed, greenhouse, zoo, theme park, amusement park, fairground, carnival, casino, bank, bookstore,
    bookshop, barber shop, salon, spa, pool, swimming pool, tennis court, basketball court, race track, train track,
    railway, railroad, runway, dungeon, cave, crypt, graveyard, cemetery, laundromat, elevator, staircase, balcony,
    terrace, patio, porch, courtyard, plaza, square, fountain, well, windmill, dam, pond, puddle, eiffel tower, big ben,
    paris, london, rome, venice, kyoto, shanghai, beijing, hong kong, dubai, las vegas, hollywood, san francisco,
    los angeles, chicago, berlin, india, china, japan, egypt, africa, america, europe, iceland, hawaii, world, earth, mine,
    tent, igloo, treehouse, bunker, chinatown, sky, horizon, ground, floor, ceiling, wall, door, roof,
    stair, corner, trail, path, track, counter, dance studio, studio, set, campsite,
    city light, street light, street lamp
"""

OBJECTS = """
    health bar, energy bar, mana bar, stamina bar, life bar, loading bar, progress bar, status bar, score bar, task bar, tool bar,
    gold bar, silver bar, metal bar, iron bar, steel bar, prison bar, bar chart, bar graph, bar code,
    ball, bench, beach ball, soccer ball, football, basketball, baseball, tennis ball, tennis, golf, golf ball, frisbee, kite,
    doll, toy, toy car, game, video game, chess, chess board, card, poker, dice, puzzle, lego, book,
    false teeth, dentures, drawings, newspaper, magazine, letter, mail, package, parcel, box, gift, bag, sleeping bag, backpack, suitcase,
    purse, handbag, basket, bucket, shovel, plastic shovel, rake, hammer, saw, axe, tool, rope, net, fishing net,
    fishing rod, fishing boat, walking stick, stick, cane, umbrella, transparent umbrella, parasol,
    sword, shield, bow, arrow, spear, gun, rifle, pistol, bullet, bomb, cannon, armor, armour, helmet, crown, ring,
    necklace, jewel, diamond, gold, coin, money, treasure, key, lock, clock, wristwatch, alarm clock, phone,
    smartphone, cell phone, laptop bag, tablet, computer screen, monitor, keyboard, mouse pad, headphones,
    headphone, speaker, radio, microphone, guitar, electric guitar, piano, violin, cello, trumpet, saxophone, flute, drum,
    drum kit, harp, banjo, ukulele, accordion, instrument, turntable, vinyl, chair, office chair, rocking chair, armchair,
    stool, table, coffee table, dining table, desk lamp, lamp, lantern, candle, torch, lightbulb, chandelier, mirror,
    curtain, blanket, pillow, cushion, carpet, rug, shelf, bookshelf, drawer, closet, fridge, oven, pan, frying pan, pot,
    kettle, toaster, sink, plate, bowl, dog bowl, dog bed, cat food, dog food, fish tank, cup, mug, glass, bottle, spoon,
    fork, knife, chopsticks, cutting board, tray, easel, canvas, paintbrush, brush, picture, photo, photograph,
    poster, sign, street sign, billboard, flag, banner, logo, text, subtitle, caption, title, watermark, letters,
    sandcastle, snowball, snow globe, snow boot, snow angel, fire, flame, campfire, bonfire, ember, spark, firework,
    explosion, smoke, steam, dust, ash, bubble, soap bubble, confetti, glitter, laser, hologram, screen, machine, engine,
    gear, wheel, tire, pipe, wire, antenna, telescope, microscope, binoculars, potion, wand, magic wand, spell,
    horseback, broom, broomstick, cauldron, crystal, crystal ball, portal, map, compass, anchor, sail, oar, fence, gate, ladder,
    bell, pumpkin, jack o lantern, christmas tree, ornament, wreath, stocking, candy cane, dna, pill, needle,
    thread, yarn, wool, knitting needle, scissors, paper, pen, pencil, crayon, glue, tape, trash, garbage, plastic,
    log, stone, rock, boulder, brick, cobblestone, metal, ice cube, trampoline,
    swing set, seesaw, hammock, treadmill, dumbbell, barbell, boxing glove, racket, hockey stick, ice hockey, trophy,
    medal, ticket, walkie talkie, robot arm, glow stick, glowstick, neon sign, neon light, neon,
    street food, shadow, reflection, silhouette, ripple, wave crest, splash, spray, globe, ink,
    luxury watch, gold watch, silver watch, wrist watch, smart watch, swiss watch, mechanical watch, diving watch, vintage watch
"""

NATURE = """
    leaf, leaves, maple leaf, maple leaves, fall leaves, autumn leaves, flower, rose, tulip, sunflower, daisy, lily,
    cherry blossom, blossom, petal, bouquet, bush, hedge, vine, moss, fern, cactus, palm, palm tree, oak, maple, pine,
    mushroom, seed, root, branch, twig, plant, crop, wheat, hay, mud, water, running water, wave, tide, current, lava,
    sand, seashell, shell, pearl, seaweed, kelp, rainbow, aurora, northern lights, shooting star, comet, meteor,
    meteor shower, tornado, hurricane, earthquake, tsunami, flood, avalanche, wind, breeze, gust, moon, sunbeam, sunlight,
    sun ray, god ray, milky way, eclipse, spring, summer, autumn, fall, winter, season, nature, landscape, scenery,
    fall leaf, autumn leaf, tree, christmas, halloween, easter, birthday, wedding, new year, holiday, heatwave,
    heat haze, heat shimmer, heat wave, frost
"""

FOOD = """
    food, meal, breakfast, dinner, snack, bread, toast, cheese, egg, meat, steak, burger, hamburger, hot dog, sandwich,
    pizza, pasta, noodle, ramen, rice, sushi, soup, salad, fruit, apple, banana, mango, pineapple, watermelon, strawberry,
    cherry, lemon, grape, peach, avocado, carrot, tomato, potato, onion, corn, popcorn, chip, french fries, fries, cake,
    birthday cake, cupcake, cookie, donut, doughnut, pancake, waffle, pie, candy, chocolate, ice cream, ice cream cone,
    honey, milk, tea, coffee, iced coffee, latte, latte art, espresso, cappuccino, juice, lemonade, soda, beer, wine,
    champagne, cocktail, whiskey, salt, spice, sauce, butter, oil, dough, vegetable, taco, burrito, dumpling, bubble tea
"""

CLOTHES = """
    shirt, t shirt, dress, skirt, trousers, pants, jeans, shorts, suit, tuxedo, jacket, coat, winter coat, rain coat,
    raincoat, rain boot, hoodie, sweater, jumper, cardigan, scarf, glove, mitten, hat, sun hat, cap, beanie, bow tie, tie,
    belt, sock, shoe, sneaker, boot, heel, high heels, sandal, slipper, swimsuit, bikini, bathing suit, swim trunks,
    pyjamas, pajamas, robe, kimono, uniform, costume, outfit, clothes, clothing, mask, sunglasses, sun glasses, glasses,
    earring, cape, apron, veil, gown, evening gown, spacesuit, space suit, snorkel mask, life jacket, leather jacket
"""

BODY = """
    hair, face, eye, pupil, iris, ear, nose, mouth, lip, tear, beard, mustache, moustache, hand, finger, arm, leg, foot,
    feet, lap, shoulder, head, neck, back of head, skin, tail, wing, paw, claw, fur, feather, scale, horn, fang,
    tooth, teeth, tongue, heart, brain, blood, sweat, body, muscle, tattoo, freckle, wrinkle, eyebrow
"""

ABSTRACT = """
    boss level, boss music,
    love, hope, life, death, story, adventure, mystery, journey, memory, moment, thing, something, anything,
    nothingness, idea, secret, power, energy, magic, war, battle, fight, peace, freedom, future,
    history, race, competition, parade, festival, party, ceremony, show, event, celebration, photo shoot,
    class, lesson, job, business, science, technology, sport, routine, chess game,
    product, advertisement, commercial, trailer, music video, movie, film, clip, animation, episode, intro, outro, meme,
    brand, detail, texture, pattern, color scheme, colour scheme, movement, motion, speed, slope, angle, side, edge, top,
    bottom, distance, air, piece, pile, stack, row, line, circle, bit, lot, mind, leash, surface
"""

TABLES = {
    "animal": ANIMALS,
    "people": PEOPLE,
    "vehicle": VEHICLES,
    "place": PLACES,
    "object": OBJECTS,
    "nature": NATURE,
    "food": FOOD,
    "clothing": CLOTHES,
    "body": BODY,
    "idea": ABSTRACT,
}
"""Nouns by what they are."""

AGENTS = frozenset(["animal", "people", "vehicle"])
"""What does something itself, so that a verb beside it is its own."""
